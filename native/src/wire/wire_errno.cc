// The errno of a frame is Linux's number, even if this system has another number for the same name.
#include <cerrno>

#include "errors/errors.h"
#include "platform.h"

namespace penstock {
namespace {

struct Row {
  uint32_t wire;
  int here;
};

constexpr Row kRows[] = {
    {1, EPERM},          {2, ENOENT},       {4, EINTR},          {5, EIO},        {6, ENXIO},
    {9, EBADF},          {11, EAGAIN},      {12, ENOMEM},        {13, EACCES},    {14, EFAULT},
    {16, EBUSY},         {17, EEXIST},      {18, EXDEV},         {19, ENODEV},    {20, ENOTDIR},
    {21, EISDIR},        {22, EINVAL},      {23, ENFILE},        {24, EMFILE},    {27, EFBIG},
    {28, ENOSPC},        {29, ESPIPE},      {30, EROFS},         {31, EMLINK},    {32, EPIPE},
    {36, ENAMETOOLONG},  {38, ENOSYS},      {39, ENOTEMPTY},     {40, ELOOP},     {74, EBADMSG},
    {75, EOVERFLOW},     {84, EILSEQ},      {95, EOPNOTSUPP},    {100, ENETDOWN}, {101, ENETUNREACH},
    {103, ECONNABORTED}, {104, ECONNRESET}, {105, ENOBUFS},      {107, ENOTCONN}, {110, ETIMEDOUT},
    {111, ECONNREFUSED}, {112, EHOSTDOWN},  {113, EHOSTUNREACH}, {116, ESTALE},   {122, EDQUOT},
    {125, ECANCELED},
};

}  // namespace

uint32_t ErrnoToWire(int error) {
  if (error == 0) return 0;
  for (const Row& row : kRows) {
    if (row.here == error) return row.wire;
  }
  return 5;
}

int ErrnoFromWire(uint32_t value) {
  if (value == 0) return 0;
  for (const Row& row : kRows) {
    if (row.wire == value) return row.here;
  }
  return EIO;
}

}  // namespace penstock
