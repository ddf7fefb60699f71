/** A worker of the pool as a thread. */
import "./scope.ts";
import "../engine/tile-worker.ts";
