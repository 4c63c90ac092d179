// Invariant: see ../ktls.test.ts, which runs this in a guest.
import './faults.ts'
import './files.ts'
