@ops_view @soak @section:3.4 @owner:ops
Feature: Stage B stands for two days
  The audit trail and the state of the replicas are held against the rows of the database, not against each other.

  Background:
    Given "OPS_VIEW_DB_WRITE" reads true

  Scenario: F3, ten transitions each have their audit event
    STOP: look at the table audit_events and at the logging. No flag has to change for it.
    HOLD: fewer than ten transitions since the flip: wait for them, or for somebody to make them.

    When the newest 10 transitions since the flip of "OPS_VIEW_DB_WRITE" are read beside their audit events
    Then each of the 10 transitions has one event

  Scenario: F4, nobody reported that local state and database diverge
    STOP: set OPS_VIEW_DB_WRITE=false and reconcile by hand what is named above.
    HOLD: the tracker gave no answer: try again, or renew the credential.

    When the open issues labelled "divergence" are read
    Then none of its issues names "v2.54.1"

  Scenario: F4, no replica shows a state that the database does not hold
    STOP: set OPS_VIEW_DB_WRITE=false and reconcile by hand what is named above.
    HOLD: a replica gave no answer, or answered from its local copy: find out why.

    When the lists are read at every replica as "admin"
    Then every record is in the state of its row
    And every answer comes from "db", else hold

  @writes
  Scenario: F5, the same file and revision make one batch
    STOP: set OPS_VIEW_DB_WRITE=false and restart: batches would be worked on twice.
    HOLD: a batch was not made: find out why.

    When a batch of the same file and revision is sent twice
    Then the second is answered as a duplicate of the first
    And the database holds one row for both
