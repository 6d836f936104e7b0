@org_v23 @owner:founder
Feature: The rollback lever works
  Rolling back means reading from the legacy tables again. They have to exist, and to receive every write.

  @preflight @section:4
  Scenario: The legacy tables exist and receive every write
    STOP: flip nothing. Without live legacy tables there is no way back: Phase 3 has begun, or dual writing is broken.
    HOLD: the tables could not be read, or hold no row yet to tell by.

    Given "dual_write_org_units" reads true
    When the legacy tables are read beside their mirrors
    Then every legacy table exists
    And no legacy table lags behind its mirror by more than 60 seconds

  @rollback @section:4
  Scenario: Flags were flipped back in reverse order
    STOP: the order of the rollback is broken, or Phase 3 has begun and no rollback exists: escalate to the founder.
    HOLD: the ledger cannot tell in which order the flags were flipped back: state it with --flipped-at.

    When the flips so far are looked up
    Then every flag was flipped back in the reverse order of its flip

  @rollback @section:12
  Scenario: The paths of the new services are dark again and say why
    HOLD: the flip back of new_services_enabled is not in force at the gateway: wait for its flag cache, or refresh it (§13).

    Given "new_services_enabled" reads false
    When "OrgUnitService", "RbacService" and "ConflictService" are called at the gateway without a token
    Then every path is shut by a gate that names the flag, else hold
