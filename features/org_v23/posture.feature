@org_v23 @owner:founder
Feature: Flags stand where the order wants them
  Each flag depends on the one before it, and dual writing stays on throughout: it is what makes a rollback possible.
  A value counts only if every surface that holds one agrees, for the platform and for every tenant.

  @preflight @section:5
  Scenario: Before the first flip only dual writing is on
    STOP: the order is broken. Set the flag that is ahead back to false, or dual_write_org_units to true; then begin again.
    HOLD: make the surfaces agree: each one that reads another value is named above with the command that changes it.

    When the flags are read on every surface and every replica
    Then "dual_write_org_units" reads true
    And "read_from_org_units" reads false
    And "cascade_4layer" reads false
    And "new_services_enabled" reads false

  @preflight @section:6.1
  Scenario: No surface outranks the keys that the operator will set
    HOLD: the flip sets the platform-wide Redis key. Remove what would win over it, or agree with the backend team on the surface.

    When the flags are read on every surface
    Then nothing outranks the platform-wide key of "read_from_org_units", else hold
    And nothing outranks the platform-wide key of "cascade_4layer", else hold
    And nothing outranks the platform-wide key of "new_services_enabled", else hold

  @after_flip_1 @section:6.1
  Scenario: After the first flip reads have moved and nothing else
    STOP: the order is broken. Set the later flag back to false, or dual_write_org_units to true; then read_from_org_units
      back to false (§6.1) and run the rollback stage.
    HOLD: not flipped, not in force yet, or not on every surface: each one is named above with the command that changes it.

    Given the stage "preflight" was GO at most 24 hours before the flip of "read_from_org_units"
    And the stage "baseline" was GO in the change window of the flip of "read_from_org_units"
    When the flags are read on every surface
    Then "dual_write_org_units" reads true
    And "read_from_org_units" reads true, else hold
    And "cascade_4layer" reads false
    And "new_services_enabled" reads false

  @before_flip_3 @section:6.3
  Scenario: The third flip waits for a green second one
    STOP: the order is broken: new_services_enabled is true already, or dual_write_org_units is not. Set it right first.
    HOLD: run the stage after_flip_2 until it is GO, and make the surfaces agree; then run this stage again.

    Given the stage "baseline" was GO in the change window of the flip of "read_from_org_units"
    And the stage "after_flip_2" was GO in the last 24 hours
    When the flags are read on every surface
    Then "dual_write_org_units" reads true
    And "read_from_org_units" reads true, else hold
    And "cascade_4layer" reads true, else hold
    And "new_services_enabled" reads false

  @after_flip_3 @section:6.3
  Scenario: After the third flip every flag is on
    STOP: the order is broken. Set dual_write_org_units back to true; then flip back what was flipped last (§4).
    HOLD: not flipped, not in force yet, or not on every surface: each one is named above with the command that changes it.

    Given the stage "before_flip_3" was GO at most 24 hours before the flip of "new_services_enabled"
    When the flags are read on every surface
    Then "dual_write_org_units" reads true
    And "read_from_org_units" reads true, else hold
    And "cascade_4layer" reads true, else hold
    And "new_services_enabled" reads true, else hold

  @before_flip_2 @section:6.2
  Scenario: Before the second flip reads have moved and the cascade is off
    STOP: the order is broken. Set the flag that is ahead back to false, or dual_write_org_units to true; then begin again.
    HOLD: make the surfaces agree: each one that reads another value is named above with the command that changes it.

    When the flags are read on every surface
    Then "dual_write_org_units" reads true
    And "read_from_org_units" reads true, else hold
    And "cascade_4layer" reads false
    And "new_services_enabled" reads false

  @after_flip_2 @section:6.2
  Scenario: After the second flip the cascade is on and nothing after it
    STOP: the order is broken. Set new_services_enabled back to false, or dual_write_org_units to true; then cascade_4layer
      back to false (§6.2) and run the rollback stage.
    HOLD: not flipped, not in force yet, or not on every surface: each one is named above with the command that changes it.

    Given the stage "before_flip_2" was GO at most 24 hours before the flip of "cascade_4layer"
    When the flags are read on every surface
    Then "dual_write_org_units" reads true
    And "read_from_org_units" reads true
    And "cascade_4layer" reads true, else hold
    And "new_services_enabled" reads false

  @rollback @section:4
  Scenario: The rollback leaves the flags in their order
    STOP: dual_write_org_units has to stay true, or a later flag is still true: set it right, latest flag first.
    HOLD: the flip back is not in force on every surface yet: each one is named above with the command that changes it.

    When the flags are read on every surface
    Then "dual_write_org_units" reads true
    And the flags stand in their order
    And "new_services_enabled" reads false, else hold
