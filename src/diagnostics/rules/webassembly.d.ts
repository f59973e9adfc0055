/** As much of the standard interface as is used here: the libraries of TypeScript have it for browsers alone. */
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array);
  }
  /** `Exports`: what the module is known to export. */
  class Instance<Exports> {
    constructor(module: Module);
    readonly exports: Exports;
  }
  interface Memory {
    readonly buffer: ArrayBuffer;
  }
  interface Global {
    readonly value: number;
  }
}
