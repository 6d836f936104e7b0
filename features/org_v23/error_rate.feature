@org_v23 @owner:founder
Feature: The gateway answers without errors
  An error is a 5xx status at the gateway. The limit holds for every ten minutes since the flip and for every minute that
  has 100 requests, so that one bad minute is not averaged away.

  Background:
    Given every server's clock is within 2 seconds of this machine's

  @after_flip_1 @section:7.1
  Scenario: The error rate stays below its limit for ten minutes after the first flip
    STOP: set ff:orgv23:read_from_org_units:global back to false (§6.1), then run the rollback stage.
    HOLD: not enough time, traffic or scrapes yet: read again at the time named, or find the gap.

    Given "read_from_org_units" reads true
    And 10 minutes have passed since the flip of "read_from_org_units"
    When the requests at the gateway since the flip of "read_from_org_units" are read
    Then its scrapes have no gap of more than 2 missed ones, else hold
    And its requests are at least 100, else hold
    And its error rate stays below 0.5 % in every 10 minutes and every minute of 100 requests

  @after_flip_3 @section:7.5
  Scenario: The 5xx rate stays below its limit for fifteen minutes after the third flip
    STOP: set ff:orgv23:new_services_enabled:global back to false (§6.3), then run the rollback stage.
    HOLD: not enough time, traffic or scrapes yet: read again at the time named, or find the gap.

    Given "new_services_enabled" reads true
    And 15 minutes have passed since the flip of "new_services_enabled"
    When the requests at the gateway since the flip of "new_services_enabled" are read
    Then its scrapes have no gap of more than 2 missed ones, else hold
    And its requests are at least 100, else hold
    And its error rate stays below 0.1 % in every 15 minutes and every minute of 100 requests
    And the error rate of every service stays below 0.1 % in every 15 minutes and every minute of 100 requests

  @rollback @section:4
  Scenario: The error rate is back below its limit after the rollback
    STOP: the errors go on without the flag: its flip was not their cause, or the rollback is incomplete. Escalate.
    HOLD: not enough time, traffic or scrapes since the flip back: read again at the time named.

    Given 10 minutes have passed since the last flip back
    When the requests at the gateway since the last flip back are read
    Then its scrapes have no gap of more than 2 missed ones, else hold
    And its requests are at least 100, else hold
    And its error rate is back below 0.5 % for the last 10 minutes
