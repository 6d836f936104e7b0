@org_v23 @preflight @section:3.2 @owner:founder
Feature: Legacy and mirror do not drift apart now
  The reconciler compares the tables at every detect interval and exports one series for each tenant and table. A stale
  exporter reports 0 for ever, and a series with labels is easily overlooked; both are looked at.

  Scenario: No series of open drift is above zero, and none was for a whole interval
    STOP: flip nothing until the series named above is back at zero for one whole detect interval.
    HOLD: the reconciler or its metrics are not in order, or an interval without drift has not passed yet: read again then.

    Given every server's clock is within 2 seconds of this machine's
    When the open drift is read at the reconciler and over its last detect interval
    Then every series of it reads 0
    And every series of it read 0 over one whole detect interval, else hold
    And every tenant has a series of it, else hold

  Scenario: The reconciler is at work
    HOLD: restart or unblock the reconciler, and wait for a whole pass.

    When the open drift is read at the reconciler and over its last detect interval
    Then its last pass is at most 1.1 detect intervals old, else hold
    And its detect interval is the one that is deployed, else hold
