@org_v23 @preflight @section:3.4 @owner:founder
Feature: The backend track is merged and deployed
  The flag plumbing, the ListTeams shim and the cascade switch come with issues 686 to 690. A milestone's counts do not
  tell whether an issue was done or dropped, nor whether its merge runs here.

  Scenario: Issues 686 to 690 are merged, and what is deployed holds them
    STOP: flip nothing. Merge or deploy what is named above first.
    HOLD: the tracker or the cluster gave no answer: try again, or renew the credential.

    When the backend track of issues 686 to 690 is read
    Then each issue from 686 to 690 is closed by a merged pull request
    And every deployment holds each of these merges
