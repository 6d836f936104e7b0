@org_v23 @soak @section:8 @owner:founder @browser
Feature: The portal shows the same after a day
  The four flows of §7.3 once more, at the end of the soak: what a day of use has changed, the portal and the API show alike.

  Background:
    Given "new_services_enabled" reads true
    And 24 hours have passed since the flip of "new_services_enabled"

  Scenario: The portal still shows every member after the soak
    STOP: users see something else than the API answers, or a broken page: no legacy table is dropped. Give the
      screenshot to the portal team; roll back in reverse order (§4) if the data is wrong.
    HOLD: the page could not be looked at, or did not end loading: see what is named above, then run this stage again.

    When the flow "ListMembers" of the portal is looked at after the flip of "new_services_enabled"
    Then its content is what the API answers
    And its console holds no error
    And none of its requests failed
    And its screenshot is kept, else hold

  Scenario: The portal still shows every team after the soak
    STOP: users see something else than the API answers, or a broken page: no legacy table is dropped. Give the
      screenshot to the portal team; roll back in reverse order (§4) if the data is wrong.
    HOLD: the page could not be looked at, or did not end loading: see what is named above, then run this stage again.

    When the flow "ListTeams" of the portal is looked at after the flip of "new_services_enabled"
    Then its content is what the API answers
    And its console holds no error
    And none of its requests failed
    And its screenshot is kept, else hold

  Scenario: The portal still shows the whole org chart after the soak
    STOP: users see something else than the API answers, or a broken page: no legacy table is dropped. Give the
      screenshot to the portal team; roll back in reverse order (§4) if the data is wrong.
    HOLD: the page could not be looked at, or did not end loading: see what is named above, then run this stage again.

    When the flow "Org Chart" of the portal is looked at after the flip of "new_services_enabled"
    Then its content is what the API answers
    And its console holds no error
    And none of its requests failed
    And its screenshot is kept, else hold

  Scenario: The portal still shows every governance policy after the soak
    STOP: users see something else than the API answers, or a broken page: no legacy table is dropped. Give the
      screenshot to the portal team; roll back in reverse order (§4) if the data is wrong.
    HOLD: the page could not be looked at, or did not end loading: see what is named above, then run this stage again.

    When the flow "Governance policy list" of the portal is looked at after the flip of "new_services_enabled"
    Then its content is what the API answers
    And its console holds no error
    And none of its requests failed
    And its screenshot is kept, else hold
