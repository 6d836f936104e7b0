"""The embedded rehearsal environment: real servers, a world that ages on request, faults to inject."""
