@org_v23 @shim @section:7.2 @owner:founder
Feature: The ListTeams shim is healthy
  The shim answers ListTeams from the mirror tables, and its log says so. A replica that nobody asks logs nothing, so each is
  asked first; what it logged before the flip is the old path's and does not count.

  Scenario: Every replica takes the shim path and none falls back to legacy
    STOP: the shim falls back or fails. Set ff:orgv23:read_from_org_units:global back to false (§6.1), run the rollback stage.
    HOLD: a replica named above does not take the shim path, or its log does not arrive: find out which; then run this stage again.

    Given "read_from_org_units" reads true
    When every replica of "tenant-service" is asked 3 times for the test org's teams and its log of the last 5 minutes since the flip of "read_from_org_units" is read
    Then every replica reads the mirror tables
    And no error names the shim
