// The techniques that a macOS build has.
#include "session/technique_table.h"

namespace penstock {

const TechniqueTables& SystemTechniques() {
  static const TechniqueTables tables = {
      // To send.
      {
          {Technique::kSendfile, SendBy<MakeSendSendfile>},
          {Technique::kMmap, SendByMmap},
          {Technique::kGather, SendBy<MakeSendGather>},
          {Technique::kDirect, SendBy<MakeSendDirect>},
          {Technique::kReadWrite, MakeSendReadWrite},
      },
      // To receive.
      {
          {Technique::kDirect, ReceiveBy<MakeReceiveDirect>},
          {Technique::kReadWrite, MakeReceiveReadWrite},
      },
      // To copy.
      {Technique::kClone, Technique::kCopyFile},
  };
  return tables;
}

}  // namespace penstock
