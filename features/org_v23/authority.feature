@org_v23 @owner:founder
Feature: Who may flip here
  Only dev has an agreed authority for flips; for prod it is TBD. An environment that is called dev in its file and prod on
  the wire would be the costliest mix-up of all, so its systems are asked for their own name.

  @preflight @section:0
  Scenario: The environment is dev, by its file and by its own word
    STOP: leave this environment alone. Correct the file's tier or its addresses; flips in prod have no authority yet (§0).
    HOLD: find out which system belongs to another environment, or let one of them say its name.

    When the systems are asked which environment they belong to
    Then the file and every system say "dev"
