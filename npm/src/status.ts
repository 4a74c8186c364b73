/** The usual phrase of a status; empty where there is none, as over HTTP/2. The core hands over the status alone, and `Response.statusText` and the message of a failed token request show both. */
export let reasonPhrase: (status: number) => string = () => '';

/** The core knows the phrases. All engines have the same. */
export function takePhrases(phrase: (status: number) => string): void {
  reasonPhrase = phrase;
}
