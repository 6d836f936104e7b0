@ops_view @sign_off @owner:ops
Feature: Every box is ticked before v2.54.1 counts as enabled
  The criteria are ticked by what the ledger of this environment holds. Whether people were told (§5) only people know:
  their word says when, and the moment has to fit its row of the plan.

  @section:2.2
  Scenario: Box 1, Ops team: the entry criteria of stage A were met
    HOLD: no GO of the preflight belongs to the first flip. The sequence has to begin anew, with a preflight of its own.

    When the newest run of "preflight" before the flip of "OPS_VIEW_DB_READ" is looked up
    Then it was GO at most 24 hours before that flip, else hold

  @section:2.3
  Scenario: Box 2, Ops team: stage A is enabled and its smoke procedure was green
    HOLD: stage A was not green before stage B. Flip back in reverse order (§4), and go on from there.

    When the newest run of "after_flip_1" between the flips of "OPS_VIEW_DB_READ" and "OPS_VIEW_DB_WRITE" is looked up
    Then it was GO at most 7 days before the later flip, else hold

  @section:3.2
  Scenario: Box 3, Ops team: stage B had leave to begin
    HOLD: stage B began without its entry criteria. Flip back in reverse order (§4), and go on from there.

    When the newest run of "before_flip_2" between the flips of "OPS_VIEW_DB_READ" and "OPS_VIEW_DB_WRITE" is looked up
    Then it was GO at most 24 hours before the later flip, else hold

  @section:3.3
  Scenario: Box 4, Ops team: stage B is enabled and its smoke procedure was green
    HOLD: run pytest -m after_flip_2, and do what it says.

    When the newest run of "after_flip_2" since the flip of "OPS_VIEW_DB_WRITE" is looked up
    Then it was GO in the last 7 days, else hold

  @section:3.4
  Scenario: Box 5, Ops team: the exit criteria of stage B were met over two days
    HOLD: run pytest -m soak, and do what it says.

    When the newest run of "soak" since the flip of "OPS_VIEW_DB_WRITE" is looked up
    Then it was GO in the last 24 hours, else hold

  @section:5
  Scenario: Box 6, Ops team: the move of reads was announced before stage A
    HOLD: flipgate attest 6 --when TIME, by whoever told the ops team that reads move; too late is said, not mended.

    When the word of "Ops team" on box 6 is looked up beside the flip of "OPS_VIEW_DB_READ"
    Then a named person attested it, else hold
    And it was done at most 7 days before that flip, else hold

  @section:5
  Scenario: Box 7, Ops team: the first day of stage A was reported
    HOLD: flipgate attest 7 --when TIME, by whoever gave the summary of the soak of stage A.

    When the word of "Ops team" on box 7 is looked up beside the flip of "OPS_VIEW_DB_READ"
    Then a named person attested it, else hold
    And it was done at least 24 hours after that flip, else hold

  @section:5
  Scenario: Box 8, Ops team: the move of writes was announced before stage B
    HOLD: flipgate attest 8 --when TIME, by whoever told ops team and stakeholders; too late is said, not mended.

    When the word of "Ops team" on box 8 is looked up beside the flip of "OPS_VIEW_DB_WRITE"
    Then a named person attested it, else hold
    And it was done at most 7 days before that flip, else hold

  @section:5
  Scenario: Box 9, Ops team: the release was announced two days into stage B
    HOLD: flipgate attest 9 --when TIME, by whoever announced to all that v2.54.1 is fully enabled.

    When the word of "Ops team" on box 9 is looked up beside the flip of "OPS_VIEW_DB_WRITE"
    Then a named person attested it, else hold
    And it was done at least 48 hours after that flip, else hold

  @section:5
  Scenario: Box 10, Ops team: each rollback was told to those it concerns
    HOLD: flipgate attest 10, by whoever told ops team and stakeholders of it; or that there was none, if there was none.

    When the word of "Ops team" on box 10 is looked up
    Then a named person attested it, else hold
