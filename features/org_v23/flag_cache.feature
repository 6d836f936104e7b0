@org_v23 @after_flip_3 @section:13 @owner:founder
Feature: The flag cache follows the flip
  Each process keeps a flag for 30 seconds. The refresh drops every cache at once, leaves one audit row, and is for platform
  admins alone.

  Background:
    Given "new_services_enabled" reads true

  Scenario: Every replica of the gateway serves the new value
    HOLD: refresh the caches (§13.3), or restart the replica named above; until then its callers see the gate's 404.

    When every replica of the gateway is asked for "OrgUnitService" since the flip of "new_services_enabled"
    Then every replica serves the new value within 30 seconds of the flip, else hold

  Scenario: The refresh is for platform admins, and leaves one audit row
    STOP: anybody can refresh: take the endpoint from the gateway, and find out since when. If the token of this
      environment's file is a platform admin's, replace it: this run has refreshed the caches.
    HOLD: no refresh was made, or its audit row is missing, doubled or misshapen: refresh (§13.3), and read the row (§13.4).

    When the refresh of the flag caches and its audit since the flip of "new_services_enabled" are read
    Then it answers 401 without a token
    And it answers 403 to a user of low clearance
    And the operator's refresh left an audit row of the agreed shape, else hold
    And no two audit rows of one user are less than 5 seconds apart, else hold
