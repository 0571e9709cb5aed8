/** A small picture the person chose: shown beside every unlock field, readable by no page (design §3, rule 5). */
export interface Mark {
  readonly shape: string;
  readonly colour: string;
}
