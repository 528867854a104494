/// The cell of the decoder: what a file that takes it over could still do, which is nothing.
#pragma once

namespace houbu::account {

/// Confines this process for good: no new files, processes, privileges or network; bounded
/// processor time and memory; of the system's calls only those that read what is open, write it,
/// hold memory, and end. Any other ends the process. To be called before the first byte of a file
/// is read; false when the system does not grant it, and then nothing may be read.
bool ConfineProcess();

}  // namespace houbu::account
