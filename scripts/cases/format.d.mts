//! The types of `format.mjs`. Bodies are latin1 strings: one character for each byte.

export interface CaseFile {
  name: string
  about: string[]
  recordedWith: string | undefined
  stamp: string | undefined
  cases: Case[]
}

export interface Case {
  name: string
  where: string
  /** Why it does not work yet. */
  gap: string | undefined
  script: string
  args: string[]
  env: Record<string, string>
  stdin: string
  files: { path: string; mode: string | undefined; content: string }[]
  result: { status: number; stdout: string; stderr: string | undefined }
}

export declare class FormatError extends Error {}
export declare function parse(text: string, fileName: string): CaseFile
export declare function stampOf(file: CaseFile): string
export declare function format(file: CaseFile, recordedWith: string): string
export declare function shown(bytes: string): string
