@ops_view @rollback @section:4 @owner:ops
Feature: The rollback was quick and whole
  A flag goes back with a restart and no change of the schema: migrations 012 and 013 only add, and may stay.

  Scenario: Writes went back before reads
    STOP: writes were on without reads for a while: reconcile by hand what was written then, and escalate.
    HOLD: the ledger cannot tell in which order the flags were flipped back: state it with --flipped-at.

    When the flips so far are looked up
    Then every flag was flipped back in the reverse order of its flip

  Scenario: The flags were back within two minutes
    STOP: the rollback took longer than stage A and B are allowed to count on: find out what the restart waited for.
    HOLD: no scrape tells when the restart began: state it with --flipped-at, or find the gap.

    When the restart behind the last flip back is read
    Then every replica was back within 2 minutes

  Scenario: The schema stays, or went back within ten minutes
    HOLD: the time that the schema took is not known: look into the log of the migration, and note it in the tracker.

    When the migrations are read beside what earlier runs saw of them
    Then "012" and "013" are still applied, or went back within 10 minutes, else hold

  Scenario: The queue answers from where the flags say
    STOP: the rollback is not in force: a replica fails, or shows the admin nothing. Escalate.
    HOLD: a replica answers from elsewhere than its flags say: restart it.

    When the queue is read at every replica as "admin"
    Then no replica fails
    And its total is above 0
    And every answer comes from where the replica's flags say, else hold
