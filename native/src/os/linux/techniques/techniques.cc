// The techniques that a Linux build has.
#include "session/technique_table.h"

namespace penstock {

const TechniqueTables& SystemTechniques() {
  static const TechniqueTables tables = {
      // To send.
      {
          {Technique::kSendfile, SendBy<MakeSendSendfile>},
          {Technique::kSplice, SendBy<MakeSendSplice>},
          {Technique::kMmap, SendByMmap},
          {Technique::kGather, SendBy<MakeSendGather>},
          {Technique::kZerocopy, SendBy<MakeSendZerocopy>},
          {Technique::kDirect, SendBy<MakeSendDirect>},
          {Technique::kReadWrite, MakeSendReadWrite},
          {Technique::kKtls, SendBy<MakeSendKtls>},
          {Technique::kSeal, SendBy<MakeSendSeal>},
      },
      // To receive.
      {
          {Technique::kSplice, ReceiveBy<MakeReceiveSplice>},
          {Technique::kMmap, ReceiveBy<MakeReceiveMmap>},
          {Technique::kDirect, ReceiveBy<MakeReceiveDirect>},
          {Technique::kReadWrite, MakeReceiveReadWrite},
          {Technique::kKtls, ReceiveBy<MakeReceiveKtls>},
          {Technique::kUnseal, ReceiveBy<MakeReceiveUnseal>},
      },
      // To copy.
      {Technique::kClone, Technique::kCopyRange, Technique::kCopyFile, Technique::kReadWrite},
  };
  return tables;
}

}  // namespace penstock
