@org_v23 @preflight @section:6.1 @owner:founder
Feature: Flips happen inside the agreed change window

  Scenario: Now is inside the agreed change window
    STOP: wait for the window named above, or agree on another one.
    HOLD: no change window is agreed for this environment: agree on one and write it into the environment's file.

    When the agreed change window is looked up
    Then it is open now
