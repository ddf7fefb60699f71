/** The parts of the section that are loaded when it is opened. */
export { budgetField } from "./budget.ts";
export { otherDrawing, splitsrDrawing } from "./network-drawing.ts";
export { scheduleFields } from "./schedule.ts";
export { slicePlot } from "./slice-plot.ts";
