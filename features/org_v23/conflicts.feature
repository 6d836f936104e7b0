@org_v23 @after_flip_2 @section:7.4 @owner:founder
Feature: Policies conflict no more often than before
  A sudden rise means that the cascade finds conflicts which the three layers silently collapsed.

  Scenario: The second flip brings no spike of policy conflicts
    STOP: set ff:orgv23:cascade_4layer:global back to false (§6.2), then run the rollback stage; read the new conflicts with
      those who own the policies.
    HOLD: the time of the flip or the baseline's rate is unknown.

    Given "cascade_4layer" reads true
    And 5 minutes have passed since the flip of "cascade_4layer"
    When the policy conflicts since the flip of "cascade_4layer" are counted
    Then they are at most 3 times the baseline's rate, or fewer than 10 rows more
