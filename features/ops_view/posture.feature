@ops_view @owner:ops
Feature: Flags stand where the sequence wants them
  Off and off, then reads, then reads and writes. Writes without reads are legal at no time. What counts is what each
  replica serves by its own word: the flags are read once, when a process starts.

  @preflight @section:1
  Scenario: Before stage A both flags are off on every replica
    STOP: the sequence is broken. Set OPS_VIEW_DB_WRITE=false, then OPS_VIEW_DB_READ=false, restart, and begin again.
    HOLD: make the replicas agree: each one that serves another value is named above; restart it with the agreed values.

    When the flags are read on every surface
    Then the flags stand in their order
    And "OPS_VIEW_DB_READ" reads false
    And "OPS_VIEW_DB_WRITE" reads false

  @after_flip_1 @section:2.1
  Scenario: In stage A every replica reads from the database and none writes to it
    STOP: writes are ahead of their stage. Set OPS_VIEW_DB_WRITE=false and restart; then begin again with the preflight.
    HOLD: not flipped, or not on every replica: each one is named above; restart it with OPS_VIEW_DB_READ=true.

    Given the stage "preflight" was GO at most 24 hours before the flip of "OPS_VIEW_DB_READ"
    When the flags are read on every surface
    Then the flags stand in their order
    And "OPS_VIEW_DB_READ" reads true, else hold
    And "OPS_VIEW_DB_WRITE" reads false

  @before_flip_2 @section:3.2
  Scenario: Before stage B reads are on and writes are off
    STOP: writes are ahead of their stage. Set OPS_VIEW_DB_WRITE=false and restart; then run this stage again.
    HOLD: make the replicas agree: each one that serves another value is named above; restart it with the agreed values.

    When the flags are read on every surface
    Then the flags stand in their order
    And "OPS_VIEW_DB_READ" reads true, else hold
    And "OPS_VIEW_DB_WRITE" reads false

  @after_flip_2 @section:3.1
  Scenario: In stage B every replica reads from the database and writes to it
    STOP: writes without reads are illegal. Set OPS_VIEW_DB_WRITE=false and restart, then run the rollback stage.
    HOLD: not flipped, or not on every replica: each one is named above; restart it with OPS_VIEW_DB_WRITE=true.

    Given the stage "before_flip_2" was GO at most 24 hours before the flip of "OPS_VIEW_DB_WRITE"
    When the flags are read on every surface
    Then the flags stand in their order
    And "OPS_VIEW_DB_READ" reads true, else hold
    And "OPS_VIEW_DB_WRITE" reads true, else hold

  @soak @section:3.4
  Scenario: The soak ends with both flags on
    STOP: writes without reads are illegal. Set OPS_VIEW_DB_WRITE=false and restart, then run the rollback stage.
    HOLD: a flag was flipped back, or replicas disagree: set right what is named above, or begin the soak anew.

    When the flags are read on every surface
    Then the flags stand in their order
    And "OPS_VIEW_DB_READ" reads true, else hold
    And "OPS_VIEW_DB_WRITE" reads true, else hold

  @soak @section:3.4
  Scenario: Reads were left alone in the soak
    STOP: the soak is void. Find out who flipped OPS_VIEW_DB_READ, and why; begin again with the gate of stage B.
    HOLD: the flips cannot be told: state them with --flipped-at.

    When the flips so far are looked up
    Then no other flag changed since the flip of "OPS_VIEW_DB_WRITE"

  @rollback @section:4
  Scenario: The rollback leaves the flags in their sequence
    STOP: writes are on without reads: set OPS_VIEW_DB_WRITE=false and restart every replica, now.
    HOLD: the flip back is not in force on every replica yet: each one is named above.

    When the flags are read on every surface
    Then the flags stand in their order
    And "OPS_VIEW_DB_WRITE" reads false, else hold
