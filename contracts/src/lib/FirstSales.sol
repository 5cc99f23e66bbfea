// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IExchangeTypes} from "../IExchange.sol";
import {Orders} from "./Orders.sol";

/// @title A first sale's four words unpacked, and put back into the two messages that were signed.
/// @dev Where each field is: `FirstSale` in IExchange.sol.
library FirstSales {
    function seller(IExchangeTypes.FirstSale calldata sale) internal pure returns (address) {
        return address(bytes20(sale.offer));
    }

    function price(IExchangeTypes.FirstSale calldata sale) internal pure returns (uint256) {
        return uint48(uint256(sale.offer) >> 48);
    }

    function feeBps(IExchangeTypes.FirstSale calldata sale) internal pure returns (uint256) {
        return uint16(uint256(sale.offer) >> 32);
    }

    function charityBps(IExchangeTypes.FirstSale calldata sale) internal pure returns (uint256) {
        return uint16(uint256(sale.offer) >> 16);
    }

    function charityId(IExchangeTypes.FirstSale calldata sale) internal pure returns (uint16) {
        return uint16(uint256(sale.offer));
    }

    function taker(IExchangeTypes.FirstSale calldata sale) internal pure returns (address) {
        return address(bytes20(sale.limits));
    }

    function listedUntil(IExchangeTypes.FirstSale calldata sale) internal pure returns (uint256) {
        return uint40(uint256(sale.limits) >> 56);
    }

    function attestedUntil(IExchangeTypes.FirstSale calldata sale) internal pure returns (uint256) {
        return uint40(uint256(sale.limits) >> 16);
    }

    function issuerClass(IExchangeTypes.FirstSale calldata sale) internal pure returns (uint16) {
        return uint16(uint256(sale.limits));
    }

    /// @return digest the struct hash of the `Attest`
    function attestHash(IExchangeTypes.FirstSale calldata sale) internal pure returns (bytes32 digest) {
        (bytes32 typeHash, bytes32 offer, bytes32 limits) = (Orders.ATTEST, sale.offer, sale.limits);
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore(free, typeHash)
            calldatacopy(add(free, 32), sale, 32)
            mstore(add(free, 64), shr(96, offer))
            mstore(add(free, 96), and(limits, 0xffff))
            calldatacopy(add(free, 128), add(sale, 32), 32)
            mstore(add(free, 160), and(shr(16, limits), 0xffffffffff))
            digest := keccak256(free, 192)
        }
    }

    /// @return digest the struct hash of the `Listing`, delivered from the vault, at nonce 0
    function listingHash(IExchangeTypes.FirstSale calldata sale) internal pure returns (bytes32 digest) {
        (bytes32 typeHash, bytes32 offer, bytes32 limits) = (Orders.LISTING, sale.offer, sale.limits);
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore(free, typeHash)
            calldatacopy(add(free, 32), sale, 32)
            mstore(add(free, 64), and(shr(48, offer), 0xffffffffffff))
            mstore(add(free, 96), and(shr(32, offer), 0xffff))
            mstore(add(free, 128), and(shr(16, offer), 0xffff))
            mstore(add(free, 160), and(offer, 0xffff))
            mstore(add(free, 192), 0)
            mstore(add(free, 224), shr(96, limits))
            mstore(add(free, 256), and(shr(56, limits), 0xffffffffff))
            mstore(add(free, 288), 0)
            digest := keccak256(free, 320)
        }
    }
}
