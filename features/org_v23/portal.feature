@org_v23 @portal @section:7.3 @owner:founder @browser
Feature: The portal shows its users what the API answers
  A heading proves nothing, and a page can look whole with half its list. Each of the four flows is opened in a browser, all
  its pages are turned, and every record on them is compared with the API's own answer. Where the environment names the report of
  the portal team's own suite, that report is judged instead.

  Background:
    Given "read_from_org_units" reads true

  Scenario: The portal shows every member
    STOP: users see something else than the API answers, or a broken page. Set ff:orgv23:read_from_org_units:global back to false
      (§6.1), run the rollback stage, and give the screenshot to the portal team.
    HOLD: the page could not be looked at, or did not end loading: see what is named above, then run this stage again.

    When the flow "ListMembers" of the portal is looked at after the flip of "read_from_org_units"
    Then its content is what the API answers
    And its console holds no error
    And none of its requests failed
    And its screenshot is kept, else hold

  Scenario: The portal shows every team
    STOP: users see something else than the API answers, or a broken page. Set ff:orgv23:read_from_org_units:global back to false
      (§6.1), run the rollback stage, and give the screenshot to the portal team.
    HOLD: the page could not be looked at, or did not end loading: see what is named above, then run this stage again.

    When the flow "ListTeams" of the portal is looked at after the flip of "read_from_org_units"
    Then its content is what the API answers
    And its console holds no error
    And none of its requests failed
    And its screenshot is kept, else hold

  Scenario: The portal shows the whole org chart
    STOP: users see something else than the API answers, or a broken page. Set ff:orgv23:read_from_org_units:global back to false
      (§6.1), run the rollback stage, and give the screenshot to the portal team.
    HOLD: the page could not be looked at, or did not end loading: see what is named above, then run this stage again.

    When the flow "Org Chart" of the portal is looked at after the flip of "read_from_org_units"
    Then its content is what the API answers
    And its console holds no error
    And none of its requests failed
    And its screenshot is kept, else hold

  Scenario: The portal shows every governance policy
    STOP: users see something else than the API answers, or a broken page. Set ff:orgv23:read_from_org_units:global back to false
      (§6.1), run the rollback stage, and give the screenshot to the portal team.
    HOLD: the page could not be looked at, or did not end loading: see what is named above, then run this stage again.

    When the flow "Governance policy list" of the portal is looked at after the flip of "read_from_org_units"
    Then its content is what the API answers
    And its console holds no error
    And none of its requests failed
    And its screenshot is kept, else hold
