/**
 * Confidence filter: refuses a find whose confidence, after every adjustment, is too low to be published.
 *
 * @module
 */
import { CONFIDENCE_PUBLISHED_MIN } from "../confidence.ts";
import { type Filter, pass, veto } from "./filter.ts";

/** The filter; it speaks after all that adjust. */
export const published: Filter = {
  name: "confidence",
  judge({ confidence }) {
    const reason = `${confidence}, published from ${CONFIDENCE_PUBLISHED_MIN}`;
    return confidence < CONFIDENCE_PUBLISHED_MIN ? veto("confidence", reason) : pass("confidence", reason);
  },
};
