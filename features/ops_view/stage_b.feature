@ops_view @before_flip_2 @owner:ops
Feature: Stage B may begin
  Stage A has to have stood for a day, whole and without a complaint, and there has to be a way back for the data.

  @section:2.4
  Scenario: E2, the queue holds what the workspace holds
    HOLD: find out what the queue leaves out or adds: the rows were counted right before and right after it was read.

    Given "OPS_VIEW_DB_READ" reads true
    When the queue of "admin" is read beside the rows of the workspace
    Then its counts are within 5 % of the rows, else hold
    And every answer comes from "db", else hold

  @section:2.4
  Scenario: E3, every role sees what is theirs
    STOP: look at role_scope.py: somebody sees what is not theirs. No flag has to change for it.
    HOLD: a role has nothing to see, or not all of it: an empty list obeys any rule.

    Given "OPS_VIEW_DB_READ" reads true
    When the lists are read at every replica as "analyst", "verifier" and "admin"
    Then "analyst" sees only what is theirs
    And "verifier" sees only what is theirs
    And every role sees at least 1 item, else hold
    And every role sees what the database holds for it, else hold
    And every answer comes from "db", else hold

  @section:2.4
  Scenario: E4, nobody reported data that they should not see, or did not
    HOLD: settle the report that is named above with whoever filed it, and close it.

    When the open issues labelled "data-visibility" are read
    Then none of its issues names "v2.54.1", else hold

  @section:3.2
  Scenario: B1, the smoke procedure of stage A was green
    HOLD: run pytest -m after_flip_1 and let it be GO; E1 to E5 are gates of this very stage.

    When the newest run of "after_flip_1" since the flip of "OPS_VIEW_DB_READ" is looked up
    Then it was GO in the last 7 days, else hold

  @section:3.2
  Scenario: B2, stage A has stood for a day on every replica
    HOLD: wait until the time named; a replica that restarted began its day anew, for nobody knows what it served before.

    When every replica of the deployment is asked for its flags since the flip of "OPS_VIEW_DB_READ"
    Then every pod of the deployment answers by itself, else hold
    And each has served the new value for 24 hours, else hold

  @section:3.2
  Scenario: B3, no incident of stage A is open
    HOLD: settle the incident that is named above before anything else is changed.

    When the open issues labelled "incident" are read
    Then none of its issues names "v2.54.1", else hold

  @section:3.2
  Scenario: B4, a backup was taken in stage A
    HOLD: take a snapshot of this database now, and let it end: writes cannot be taken back by a flag.

    When the backups are listed beside the flip of "OPS_VIEW_DB_READ"
    Then a whole one of the database was taken after that flip, else hold
