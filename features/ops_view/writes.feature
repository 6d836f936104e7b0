@ops_view @after_flip_2 @writes @owner:ops
Feature: Stage B writes, and writes right
  These gates change something: records of their own, made for the test record and withdrawn when the stage ends. Each
  answer is held against the row, and each transition against the audit trail: what others do there proves nothing.

  Background:
    Given "OPS_VIEW_DB_READ" reads true
    And "OPS_VIEW_DB_WRITE" reads true

  @section:3.3
  Scenario: A patch is created and submitted, and its version is bumped
    STOP: set OPS_VIEW_DB_WRITE=false and restart; then investigate the write that is named above.
    HOLD: a write was not made, or answered from a local copy: find out which replica it came from.

    When a patch is created and submitted
    Then every write was answered as the procedure wants it
    And every version was bumped by one
    And every row holds what was answered
    And every write went to "db", else hold

  @section:3.3
  Scenario: A request for information passes from role to role as the custody matrix allows
    STOP: set OPS_VIEW_DB_WRITE=false and restart; somebody did what their role may not, or could not do what it may.
    HOLD: a write was not made, or answered from a local copy: find out which replica it came from.

    When a request for information goes through the custody matrix, role by role
    Then every write was answered as the procedure wants it
    And every version was bumped by one
    And what was refused left its row unchanged
    And every row holds what was answered
    And every write went to "db", else hold

  @section:3.3
  Scenario: A stale version is refused and leaves the row as it was
    STOP: set OPS_VIEW_DB_WRITE=false and restart: two people would overwrite each other.
    HOLD: the write was not made: find out why.

    When a transition is tried with a stale version
    Then every write was answered as the procedure wants it
    And what was refused left its row unchanged

  @section:3.3
  Scenario: Every transition made here left one audit event of its own
    STOP: look at the table audit_events and at the logging. No flag has to change for it.
    HOLD: a write was not made, so there is no event to look for: find out why.

    When the audit events of a patch and a request for information are read beside what was done to them
    Then every transition left one event
    And what was refused left none
