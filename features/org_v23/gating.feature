@org_v23 @owner:founder
Feature: A flip waits until the one before it is green
  Each flag depends on the one before it landing cleanly. Only evidence of this environment counts, younger than a day and
  from after the flip that it speaks of.

  @before_flip_2 @section:6.2
  Scenario: The second flip waits for the checks after the first
    HOLD: run pytest -m after_flip_1 and let it be GO before cascade_4layer is flipped.

    Given the stage "after_flip_1" was GO in the last 24 hours
    And the stage "baseline" was GO in the change window of the flip of "read_from_org_units"
    When the newest run of "after_flip_1" since the flip of "read_from_org_units" is looked up
    Then it was GO in the last 24 hours, else hold

  @before_flip_2 @section:6.2
  Scenario: The second flip waits for the portal
    HOLD: run pytest -m portal and let it be GO before cascade_4layer is flipped.

    Given the stage "portal" was GO in the last 24 hours
    When the newest run of "portal" since the flip of "read_from_org_units" is looked up
    Then it was GO in the last 24 hours, else hold
