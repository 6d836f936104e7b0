@org_v23 @sign_off @section:9
Feature: Every box of the sign-off list is ticked by its owner
  Ten boxes before the tracker is closed. The first seven are ticked by what the ledger of this environment holds; the
  last three belong to people, and no machine ticks them.

  @owner:founder
  Scenario: Box 1, Founder: the pre-flight of §3 is complete
    HOLD: no GO of the preflight belongs to the first flip. The cutover has to begin anew, with a preflight of its own.

    When the newest run of "preflight" before the flip of "read_from_org_units" is looked up
    Then it was GO at most 24 hours before that flip, else hold

  @owner:founder
  Scenario: Box 2, Founder: step 1 is flipped and §7.1 is green
    HOLD: §7.1 was not green before the second flip. Flip back in reverse order (§4), and go on from there.

    When the newest run of "after_flip_1" between the flips of "read_from_org_units" and "cascade_4layer" is looked up
    Then it was GO at most 24 hours before the later flip, else hold

  @owner:founder
  Scenario: Box 3, Founder: the health of the shim (§7.2) is confirmed
    HOLD: the shim was not looked at in its place. Run pytest -m shim; if it is GO, let the founder decide in #692.

    When the newest run of "shim" between the flips of "read_from_org_units" and "cascade_4layer" is looked up
    Then it was GO at most 24 hours before the later flip, else hold

  @owner:founder
  Scenario: Box 4, Founder: the portal smoke tests of §7.3 passed
    HOLD: the portal was not looked at in its place. Run pytest -m portal; if it is GO, let the founder decide in #692.

    When the newest run of "portal" between the flips of "read_from_org_units" and "cascade_4layer" is looked up
    Then it was GO at most 24 hours before the later flip, else hold

  @owner:founder
  Scenario: Box 5, Founder: step 4 is flipped and §7.4 is green
    HOLD: §7.4 was not green before the third flip. Flip back in reverse order (§4), and go on from there.

    When the newest run of "after_flip_2" between the flips of "cascade_4layer" and "new_services_enabled" is looked up
    Then it was GO at most 24 hours before the later flip, else hold

  @owner:founder
  Scenario: Box 6, Founder: step 5 is flipped and §7.5 is green
    HOLD: run pytest -m after_flip_3, and do what it says.

    When the newest run of "after_flip_3" since the flip of "new_services_enabled" is looked up
    Then it was GO in the last 7 days, else hold

  @owner:founder
  Scenario: Box 7, Founder: the soak of §8 is complete
    HOLD: run pytest -m soak, and do what it says.

    When the newest run of "soak" since the flip of "new_services_enabled" is looked up
    Then it was GO in the last 24 hours, else hold

  @owner:devops
  Scenario: Box 8, DevOps: the post-soak reconciliation report is attached in #570
    HOLD: DevOps attaches the report of the last day of the soak in #570, and attests it.

    When the word of "DevOps" on box 8 is looked up
    Then a named person attested it, else hold

  @owner:principal-architect
  Scenario: Box 9, Principal Architect: the soak evidence is reviewed, no outstanding concerns
    HOLD: the Principal Architect reads the evidence of the soak, and attests that no concern is outstanding.

    When the word of "Principal Architect" on box 9 is looked up
    Then a named person attested it, else hold

  @owner:project-manager
  Scenario: Box 10, Project Manager: #692 and the parent tracker of §10.2 are closed
    HOLD: the Project Manager closes #692 and its parent once the nine boxes above are ticked, and attests it.

    When the word of "Project Manager" on box 10 is looked up
    Then a named person attested it, else hold
