;; Fills 32 MiB of memory for ever, each time in one instruction.
(module
  (memory (export "memory") 512)
  (func (export "_start")
    (loop $again
      (memory.fill (i32.const 0) (i32.const 1) (i32.const 0x2000000))
      (br $again))))
