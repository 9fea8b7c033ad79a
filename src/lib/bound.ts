/** A use case whose ports are already chosen: `(deps, input) => result` becomes `(input) => result`. */
export type Bound<UseCase> = UseCase extends (deps: never, input: infer Input) => infer Result
  ? (input: Input) => Result
  : never;
