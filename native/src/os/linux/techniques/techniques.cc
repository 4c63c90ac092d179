// The techniques that a Linux build has.
#include "session/technique_table.h"

namespace penstock {

const std::vector<SendRow>& SendTable() {
  static const std::vector<SendRow> table = {
      {Technique::kSendfile, SendBy<MakeSendSendfile>},
      {Technique::kSplice, SendBy<MakeSendSplice>},
      {Technique::kMmap, SendByMmap},
      {Technique::kGather, SendBy<MakeSendGather>},
      {Technique::kZerocopy, SendBy<MakeSendZerocopy>},
      {Technique::kDirect, SendBy<MakeSendDirect>},
      {Technique::kReadWrite, SendByReadWrite},
      {Technique::kKtls, SendBy<MakeSendKtls>},
      {Technique::kSeal, SendBy<MakeSendSeal>},
  };
  return table;
}

const std::vector<ReceiveRow>& ReceiveTable() {
  static const std::vector<ReceiveRow> table = {
      {Technique::kSplice, ReceiveBy<MakeReceiveSplice>}, {Technique::kMmap, ReceiveBy<MakeReceiveMmap>},
      {Technique::kDirect, ReceiveBy<MakeReceiveDirect>}, {Technique::kReadWrite, MakeReceiveReadWrite},
      {Technique::kKtls, ReceiveBy<MakeReceiveKtls>},     {Technique::kUnseal, ReceiveBy<MakeReceiveUnseal>},
  };
  return table;
}

const std::vector<Technique>& CopyTable() {
  static const std::vector<Technique> table = {Technique::kClone, Technique::kCopyRange, Technique::kCopyFile};
  return table;
}

}  // namespace penstock
