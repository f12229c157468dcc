/** The request makes no sense, and nothing was done. */
export class BadRequest extends Error {}

/** The implementation lacks what is asked for. */
export class Unsupported extends Error {}

/** The driver itself went wrong: the controller is told, and the process ends with status 70. */
export class Defect extends Error {}

/** The fields of an answer for a request that was refused, or undefined for any other error. */
export function refusal(error) {
  const name =
    error instanceof BadRequest ? "bad_request" : error instanceof Unsupported ? "unsupported" : undefined;
  return name && { outcome: name, error: errorFields(error) };
}

export function errorFields(error) {
  const named = error instanceof Error;
  return { type: named ? error.name : typeof error, message: named ? error.message : String(error) };
}
