@org_v23 @after_flip_3 @owner:founder
Feature: The new services serve whoever calls them
  Three services go live behind one flag. Each address of each of them is asked by itself, because one connection reaches
  one replica, and each path is followed to its handler, because a 404 and a proxy's page look like an answer too.

  Background:
    Given "new_services_enabled" reads true

  @section:7.5
  Scenario: Every address of the new services is healthy
    STOP: set ff:orgv23:new_services_enabled:global back to false (§6.3), then run the rollback stage.
    HOLD: an address did not answer, does not know its service by name, or is not listed: look at what is named above.

    When every address of "orgunit-service", "rbac-service" and "conflict-service" is asked for its health
    Then every one of them serves

  @section:12
  Scenario: Every path of the new services leads to its handler
    STOP: the flag is on and the route is dark: set ff:orgv23:new_services_enabled:global back to false (§6.3), then do
      what is said above of the shape that was seen (§12.3).
    HOLD: the gate is still shut, or the gateway gave no answer of its own: do what is said above (§12.3), ask again.

    When "OrgUnitService", "RbacService" and "ConflictService" are called at the gateway without a token
    Then every path reaches its handler

  @section:12
  Scenario: The portal's flows answer end to end, the same over Connect and gRPC
    STOP: set ff:orgv23:new_services_enabled:global back to false (§6.3); read the logs of the service named above.
    HOLD: regenerate the test token, check the tenant that it is for, or wait until the records stand still (§12.3).

    When "GetTree", "ListPolicies", "ListRoles" and "ListConflicts" are called for the test org over Connect and gRPC
    Then every call succeeds
    And both ways answer the same records
