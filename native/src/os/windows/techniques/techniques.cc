// The techniques that a Windows build has.
#include "session/technique_table.h"

namespace penstock {

const TechniqueTables& SystemTechniques() {
  static const TechniqueTables tables = {
      // To send.
      {
          {Technique::kTransmitFile, SendBy<MakeSendTransmitFile>},
          {Technique::kMmap, SendByMmap},
          {Technique::kGather, SendBy<MakeSendGather>},
          {Technique::kDirect, SendBy<MakeSendDirect>},
          {Technique::kReadWrite, MakeSendReadWrite},
          {Technique::kSeal, SendBy<MakeSendSeal>},
      },
      // To receive.
      {
          {Technique::kMmap, ReceiveBy<MakeReceiveMmap>},
          {Technique::kDirect, ReceiveBy<MakeReceiveDirect>},
          {Technique::kReadWrite, MakeReceiveReadWrite},
          {Technique::kUnseal, ReceiveBy<MakeReceiveUnseal>},
      },
      // To copy.
      {},
  };
  return tables;
}

}  // namespace penstock
