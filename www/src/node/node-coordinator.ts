/** The coordinator as a thread. */
import "./scope.ts";
import "../engine/coordinator.ts";
