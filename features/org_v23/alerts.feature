@org_v23 @preflight @section:3.3 @owner:founder
Feature: No dualwrite alert is open
  A silenced or inhibited alert is still open. No alert at all means something only if the rules are loaded and the
  watchdog arrives.

  Scenario: No dualwrite alert is open, silenced, inhibited or on its way
    STOP: flip nothing. Resolve the alert named above at its cause; a silence resolves nothing.
    HOLD: an alert is about to fire, or nobody would hear it: restore the rules and the way from Prometheus to Alertmanager.

    When the alerts and their rules are read
    Then no "dualwrite" alert is open
    And no "dualwrite" alert is pending, else hold

  Scenario: Somebody would hear a dualwrite alert
    HOLD: load the two rules, or repair the way from Prometheus to Alertmanager; then run the preflight again.

    When the alerts and their rules are read
    Then the watchdog fires, else hold
    And the rules "DualwriteDriftPersisting" and "DualwriteReconcilerStalled" are loaded and healthy, else hold
