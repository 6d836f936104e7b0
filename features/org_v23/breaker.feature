@org_v23 @after_flip_2 @owner:founder
Feature: Every replica is on the cascade, and its breaker untripped
  After five bad minutes a replica leaves the cascade by itself, alone, until it is restarted. So a slow cascade can look
  like a fast legacy path, and a flag that reads true can be out of force: counters, logs and paths are all looked at.

  Background:
    Given "cascade_4layer" reads true
    And 5 minutes have passed since the flip of "cascade_4layer"

  @section:11
  Scenario: No breaker has tripped, and none hides behind the flag
    STOP: do not flip again while a replica reports a trip: its breaker wins over every surface (§11.4). Set
      ff:orgv23:cascade_4layer:global back to false (§6.2), find the cause by governance_cascade_duration_seconds and
      pg_stat_statements, try the mending in a canary replica, then restart the tripped pod; then begin again at the second flip.
    HOLD: a replica restarted and its log of before is lost, or counters or logs are not whole: a new flip begins a new window.

    When the breaker of every replica since the flip of "cascade_4layer" is read
    Then it has not tripped
    And no replica reports a trip while the flag reads true

  @section:11
  Scenario: No replica came near to a trip
    HOLD: by its own minutes a replica ought to have tripped, or its minutes cannot be told: find out whether its breaker is on.

    When the governance latency since the flip of "cascade_4layer" is read
    Then its minutes above 7 ms are fewer than 5 in a row on every replica, without minutes of fewer than 20 calls, else hold

  @section:6.2
  Scenario: Four layers take the traffic of every replica, three take none
    HOLD: the flip is not in force on the replica named above: wait for its flag cache, refresh it (§13), or look for a trip (§11.4).

    When the checks of every replica over the last 4 minutes are counted by their layers
    Then at least 20 take four layers and none takes three, on every replica, else hold
