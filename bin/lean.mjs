// Preloaded into the processes that make support bundles, so that they stay small. It is no TypeScript, because the first
// file of TypeScript loads what strips the types, which takes 20 MB and is not needed where the cache has the result.
import module from 'node:module';
import v8 from 'node:v8';

module.enableCompileCache?.();
// V8 would let its young generation grow to more than 100 MB while a log passes, for nothing: what a log leaves dies at once.
v8.setFlagsFromString('--semi-space-growth-factor=1');
// It would let the old one double before it looks, and with it the buffers that hang on it.
v8.setFlagsFromString('--heap-growing-percent=10');
