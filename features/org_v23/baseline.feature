@org_v23 @baseline @section:7.1 @owner:founder
Feature: What later stages compare with is captured before the flip
  The change ticket wants the answers of the old path from right before the flip. Captured after it, they would compare the
  new path with itself.

  Scenario: Every tenant's answers are captured
    HOLD: answers could not be captured whole, or reads have moved already: without a baseline from before there is no parity.

    Given "read_from_org_units" reads false
    When the answers of every tenant are captured
    Then they hold every listing of every tenant, else hold

  Scenario: The figures of the old path are captured
    HOLD: there is too little traffic or too few samples to compare with later: wait, or find the gap in the metrics.

    Given "read_from_org_units" reads false
    And every server's clock is within 2 seconds of this machine's
    When the figures of the last 10 minutes are captured
    Then they rest on at least 100 requests, else hold
