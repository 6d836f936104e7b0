@ops_view @after_flip_1 @section:2.3 @owner:ops
Feature: Stage A shows each role what is theirs
  Every replica is asked by itself, and every answer is held against the rows of the database: an empty list obeys any
  rule, and an answer from the local copy proves nothing about the database.

  Background:
    Given "OPS_VIEW_DB_READ" reads true

  Scenario: The queue loads for the admin
    STOP: set OPS_VIEW_DB_READ=false and restart; then look at the connection to the database.
    HOLD: a replica gave no answer, or answered from its local copy: find out why before anything else.

    When the queue is read at every replica as "admin"
    Then no replica fails
    And its total is above 0
    And every answer comes from "db", else hold

  Scenario: The analyst sees own items only
    STOP: look at role_scope.py: the analyst sees what is not theirs. No flag has to change for it.
    HOLD: the analyst of the environment's file has nothing to see, or not all of it: an empty list obeys any rule.

    When the lists are read at every replica as "analyst"
    Then no replica fails
    And "analyst" sees only what is theirs
    And every role sees at least 1 item, else hold
    And every role sees what the database holds for it, else hold
    And every answer comes from "db", else hold

  Scenario: The verifier sees what awaits a verifier
    STOP: look at role_scope.py: the verifier sees what does not await one. No flag has to change for it.
    HOLD: nothing awaits a verifier, or not all of it is shown: an empty list obeys any rule.

    When the lists are read at every replica as "verifier"
    Then no replica fails
    And "verifier" sees only what is theirs
    And every role sees at least 1 item, else hold
    And every role sees what the database holds for it, else hold
    And every answer comes from "db", else hold

  Scenario: The admin sees the whole workspace
    STOP: set OPS_VIEW_DB_READ=false and restart; then look at what the lists leave out or add.
    HOLD: a replica gave no answer, answered from its local copy, or leaves something out: find out why.

    When the lists are read at every replica as "admin"
    Then no replica fails
    And every role sees at least 1 item
    And every role sees what the database holds for it, else hold
    And every answer comes from "db", else hold
