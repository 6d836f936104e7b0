@ops_view @owner:ops
Feature: A flip is in force once every process has started anew
  A replica that nobody restarted goes on with the old values, and a value that changed without a restart comes from
  somewhere else than the environment of the process.

  @preflight @section:2.2
  Scenario: A2, every replica says which flags it started with
    HOLD: a replica says nothing, or something else than its boot record: restart it, or add it to the environment's file.

    When every replica of the deployment is asked for its flags
    Then every pod of the deployment answers by itself, else hold
    And each serves what it logged when it started, else hold

  @after_flip_1 @section:2.2
  Scenario: A2, every replica started after the flip of reads
    HOLD: restart each replica that is named above; a value that came without a restart has another source: find it.

    When every replica of the deployment is asked for its flags since the flip of "OPS_VIEW_DB_READ"
    Then every pod of the deployment answers by itself, else hold
    And each serves what it logged when it started, else hold
    And each started after the old value was seen last, else hold

  @after_flip_2 @section:3.1
  Scenario: Every replica started after the flip of writes
    HOLD: restart each replica that is named above; a value that came without a restart has another source: find it.

    When every replica of the deployment is asked for its flags since the flip of "OPS_VIEW_DB_WRITE"
    Then every pod of the deployment answers by itself, else hold
    And each serves what it logged when it started, else hold
    And each started after the old value was seen last, else hold

  @soak @section:3.4
  Scenario: Stage B has stood for two days on every replica
    HOLD: wait until the time named; a replica that restarted began its days anew, for nobody knows what it served before.

    When every replica of the deployment is asked for its flags since the flip of "OPS_VIEW_DB_WRITE"
    Then every pod of the deployment answers by itself, else hold
    And each has served the new value for 48 hours, else hold

  @rollback @section:4
  Scenario: Every replica serves what it was restarted with
    HOLD: restart each replica that is named above, or add it to the environment's file: one that nobody asks may go on
      with the flags of before.

    When every replica of the deployment is asked for its flags
    Then every pod of the deployment answers by itself, else hold
    And each serves what it logged when it started, else hold
