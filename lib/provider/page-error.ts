/** The error a page gets (design §6). It lives in the page and shares nothing with the wallet's own errors. */
export class SignetError extends Error {
  // Declared as fields: a setter that a page put on Error.prototype is passed by.
  override readonly name = 'SignetError';
  readonly code: number;
  /** The parameter the error is about, where there is one. */
  readonly data: { readonly field: string } | undefined;

  constructor(code: number, message: string, field?: string) {
    super(message);
    this.code = code;
    this.data = field === undefined ? undefined : { field };
  }
}
