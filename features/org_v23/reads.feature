@org_v23 @owner:founder
Feature: Reads come from the tables that the flag names
  A flip that changed nothing passes parity as well. Each replica is asked, and tells in its log where it read.

  @after_flip_1 @section:7.1
  Scenario: Every replica reads the mirror tables
    STOP: the shim falls back to legacy. Set ff:orgv23:read_from_org_units:global back to false (§6.1), run the rollback stage.
    HOLD: the flip is not in force on the replica named above: wait for its flag cache, refresh it (§13) or restart the pod.

    Given "read_from_org_units" reads true
    When every replica of "tenant-service" is asked 3 times for the test org's teams
    Then every replica reads the mirror tables
    And the mirror tables were scanned, else hold

  @rollback @section:4
  Scenario: After the rollback every replica reads the tables that its flag names
    HOLD: the flip back is not in force on the replica named above: wait for its flag cache, refresh it (§13) or restart the pod.

    When every replica of "tenant-service" is asked 3 times for the test org's teams, beside "read_from_org_units"
    Then every replica reads the tables that the flag names, else hold
