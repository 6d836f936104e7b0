@ops_view @preflight @owner:ops
Feature: Stage A may begin
  Reads move from each process's own copy to the database. The tables have to be there, with something in them, and with
  somebody who can see all of it.

  @section:2.2
  Scenario: A1, the migrations of v2.54.1 are applied
    HOLD: apply what is named above (Release Runbook §6); a migration that lies there as a file is not applied.

    When the applied migrations are read
    Then migration "012" is applied, else hold
    And migration "013" is applied, else hold

  @section:2.2
  Scenario: A3, the workspace holds patches
    HOLD: the workspace of the environment's file has none: reads would show nothing. Find out where its patches are.

    When the records of the workspace are counted
    Then it holds at least 1 of "patches", else hold

  @section:2.2
  Scenario: A4, the workspace has an admin
    HOLD: give somebody the role admin in this workspace: nobody else sees all of it.

    When the roles of the workspace are counted
    Then it holds at least 1 of "admin", else hold

  @section:2.3
  Scenario: The histogram of the queue has a bound at each limit
    HOLD: deploy the histogram with bounds at 0.5 s and 2 s, or name the live one in the environment's file.

    When the bounds of the histogram of requests are read
    Then it has a bound at 500 ms, else hold
    And it has a bound at 2000 ms, else hold
