//! What the addon is made of.
import { expect, test } from 'vitest'
import { root, runProgram } from './helpers.mts'

test('the addon links wasmtime without a compiler', async () => {
  const tree = await runProgram('cargo', ['tree', '-e', 'normal,no-proc-macro', '-p', 'agent-sandbox', '--prefix', 'none'], { cwd: root })
  expect(tree.status).toBe(0)
  const crates = [...new Set(tree.stdout.split('\n').map((line) => line.split(' ', 1)[0] ?? ''))]
  expect(crates).toContain('wasmtime')
  // These are maps, sets and index types, which wasmtime's runtime uses too; the compiler is in the others.
  const parts = crates.filter((name) => /cranelift|winch/.test(name)).sort()
  expect(parts).toEqual(['cranelift-bforest', 'cranelift-bitset', 'cranelift-entity'])
})
