@org_v23 @owner:founder
Feature: Governance allows and denies what it did before
  The cascade looks at four layers where the old path looked at three. Whoever was allowed something before the flip still
  is, and nobody else: the same questions are asked on both paths, at every address.

  @baseline @section:7.4
  Scenario: The verdicts of the old path are captured
    HOLD: without checks of both verdicts from before the flip there is nothing to compare with: name actions and resources
      in the environment's file, or find out why addresses disagree.

    Given "cascade_4layer" reads false
    When the verdicts of 300 checks over all tenants are captured
    Then they are at least 100, some allowed and some denied, else hold

  @after_flip_2 @section:7.4
  Scenario: The second flip changes no verdict
    STOP: set ff:orgv23:cascade_4layer:global back to false (§6.2), then run the rollback stage. Compare the policy named above
      in both paths.
    HOLD: an address answers on three layers, or not at all: wait for its flag cache, or look for a trip (§11.4).

    Given "cascade_4layer" reads true
    And 5 minutes have passed since the flip of "cascade_4layer"
    When the checks of the baseline are asked again at every address
    Then every verdict is the baseline's
    And every answer took 4 layers, else hold

  @after_flip_2 @section:11
  Scenario: The cascade denies no greater share than before
    STOP: a sudden rise of deny is a regression (§11.3). Set ff:orgv23:cascade_4layer:global back to false (§6.2), and run
      the rollback stage.
    HOLD: the cascade has given too few verdicts yet, or its counter is missing.

    Given "cascade_4layer" reads true
    And 5 minutes have passed since the flip of "cascade_4layer"
    When the verdicts of the cascade since the flip of "cascade_4layer" are read
    Then its share of deny is at most 2 percentage points above the captured checks', over at least 100 verdicts
