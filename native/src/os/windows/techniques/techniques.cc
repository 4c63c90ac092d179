// The techniques that a Windows build has.
#include "session/technique_table.h"

namespace penstock {

const std::vector<SendRow>& SendTable() {
  static const std::vector<SendRow> table = {
      {Technique::kTransmitFile, SendBy<MakeSendTransmitFile>},
      {Technique::kMmap, SendByMmap},
      {Technique::kGather, SendBy<MakeSendGather>},
      {Technique::kDirect, SendBy<MakeSendDirect>},
      {Technique::kReadWrite, SendByReadWrite},
      {Technique::kSeal, SendBy<MakeSendSeal>},
  };
  return table;
}

const std::vector<ReceiveRow>& ReceiveTable() {
  static const std::vector<ReceiveRow> table = {
      {Technique::kMmap, ReceiveBy<MakeReceiveMmap>},
      {Technique::kDirect, ReceiveBy<MakeReceiveDirect>},
      {Technique::kReadWrite, MakeReceiveReadWrite},
      {Technique::kUnseal, ReceiveBy<MakeReceiveUnseal>},
  };
  return table;
}

const std::vector<Technique>& CopyTable() {
  static const std::vector<Technique> table;
  return table;
}

}  // namespace penstock
