@org_v23 @owner:founder
Feature: Answers are the same as before the flip
  Teams, members and the org chart of every tenant, asked at every address, equal the baseline record by record and byte by
  byte; the order of a list is not promised anywhere.

  Background:
    Given the stage "baseline" was GO in the change window of the flip of "read_from_org_units"

  @after_flip_1 @section:7.1
  Scenario: The first flip changes no answer
    STOP: set ff:orgv23:read_from_org_units:global back to false (§6.1), then run the rollback stage.
    HOLD: a tenant was added, removed or edited since the baseline, or the flip is not in force: look at what is named above.

    Given "read_from_org_units" reads true
    When the answers of every tenant are compared with the baseline
    Then "ListTeams" equals the baseline
    And "ListMembers" equals the baseline
    And "GetOrgChart" equals the baseline
    And the test org's teams are as many as its legacy rows

  @rollback @section:4
  Scenario: The rollback restores every answer
    STOP: the platform answers otherwise than before: data was lost or changed on the way. Escalate before anything else.
    HOLD: a tenant was added, removed or edited since the baseline: look at what is named above.

    When the answers of every tenant are compared with the baseline
    Then "ListTeams" equals the baseline
    And "ListMembers" equals the baseline
    And "GetOrgChart" equals the baseline
