// The techniques that a Linux build has.
#include "receive/techniques/receive_technique.h"
#include "send/techniques/send_technique.h"

namespace penstock {

const std::vector<Technique>& BuiltTechniques(Direction direction) {
  static const std::vector<Technique> send = {Technique::kSendfile, Technique::kSplice,   Technique::kMmap,
                                              Technique::kGather,   Technique::kZerocopy, Technique::kDirect,
                                              Technique::kReadWrite};
  static const std::vector<Technique> receive = {Technique::kSplice, Technique::kMmap, Technique::kDirect,
                                                 Technique::kReadWrite};
  static const std::vector<Technique> copy = {Technique::kClone, Technique::kCopyRange, Technique::kCopyFile};
  switch (direction) {
    case Direction::kSend:
      return send;
    case Direction::kReceive:
      return receive;
    case Direction::kCopy:
      break;
  }
  return copy;
}

std::unique_ptr<SendTechnique> MakeSendTechnique(Technique technique, const SessionOptions& options, Calls& calls) {
  switch (technique) {
    case Technique::kReadWrite:
      return MakeSendReadWrite(options.bufferBytes, calls);
    case Technique::kMmap:
      return MakeSendMmap(options.mapOptions, calls);
    case Technique::kGather:
      return MakeSendGather(calls);
    case Technique::kSendfile:
      return MakeSendSendfile(calls);
    case Technique::kSplice:
      return MakeSendSplice(calls);
    case Technique::kDirect:
      return MakeSendDirect(calls);
    case Technique::kZerocopy:
      return MakeSendZerocopy(calls);
    default:
      return nullptr;
  }
}

std::unique_ptr<ReceiveTechnique> MakeReceiveTechnique(Technique technique, size_t bufferBytes, Calls& calls) {
  switch (technique) {
    case Technique::kReadWrite:
      return MakeReceiveReadWrite(bufferBytes, calls);
    case Technique::kSplice:
      return MakeReceiveSplice(calls);
    case Technique::kMmap:
      return MakeReceiveMmap(calls);
    case Technique::kDirect:
      return MakeReceiveDirect(calls);
    default:
      return nullptr;
  }
}

}  // namespace penstock
